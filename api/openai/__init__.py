"""OpenAI's chat protocol: what its clients send becomes a question, answers become completions."""
