"""SHOW: parse, authenticate, call one verb, render."""
