"""The doors for machines: carriers' callbacks, outcomes from the practice's system, one-click unsubscribe."""
