"""Why someone is judged, named or left out, and how the judgement would have done in the past."""
