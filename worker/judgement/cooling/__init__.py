"""How likely it is that today's silence lasts; pure, between facts and assessment."""

from worker.judgement.cooling.model import Coefficient, ColdModel, model_at, read_model, shipped_model
from worker.judgement.cooling.signs import Signs, signs_of

__all__ = ["Coefficient", "ColdModel", "Signs", "model_at", "read_model", "shipped_model", "signs_of"]
