"""Decide: values in, a decision out; no clock, no input or output, no Django."""
