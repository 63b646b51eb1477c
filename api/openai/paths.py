"""Where OpenAI's clients look for what they know."""

CHAT_PATH = "/v1/chat/completions"
MODELS_PATH = "/v1/models"


def is_openai(path: str) -> bool:
    """Whether OpenAI's clients ask there, so that errors take OpenAI's shape."""
    return path in {CHAT_PATH, MODELS_PATH} or path.startswith(f"{MODELS_PATH}/")
