"""REACH: the files that CRMs and practice systems export, turned into plain rows."""
