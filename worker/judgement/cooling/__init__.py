"""The model of going cold: how likely it is that today's silence lasts (pure)."""

from worker.judgement.cooling.features import Features, features_of
from worker.judgement.cooling.model import Coefficient, ColdModel, model_at, read_model, shipped_model

__all__ = ["Coefficient", "ColdModel", "Features", "features_of", "model_at", "read_model", "shipped_model"]
