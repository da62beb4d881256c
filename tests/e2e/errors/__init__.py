"""Errors that the API reference documents, provoked through the wire."""
