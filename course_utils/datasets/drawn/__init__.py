"""What the course draws by itself, so that the true factors are known."""

from . import faces, shapes, voices

__all__ = ["faces", "shapes", "voices"]
