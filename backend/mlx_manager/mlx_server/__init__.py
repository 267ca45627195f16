"""The embedded MLX inference app: OpenAI-compatible ``/v1`` over one MLX thread.

What enters: HTTP requests. What leaves: streamed events in the caller's dialect. It never imports
the manager; who is calling comes in through ``core.principal.Authenticator`` at composition.
"""
