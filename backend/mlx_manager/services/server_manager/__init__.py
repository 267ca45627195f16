"""Models in processes of their own: started, watched, started again, ended.

In goes what to run (``ProcessSpec``) and that it should run or not; out come its state, its health
and where it answers. What decides is pure (``restart_policy``, ``orphan_policy``); what acts
(``model_process``, ``orphans``) does as it is told; ``supervisor`` is the one loop a model has.
"""
