"""Reranking as Jina's and Cohere's clients ask for it (jina.ai/reranker,
docs.cohere.com/reference/rerank)."""
