# Login shells find the host's programs too.
PATH=$PATH:/run/edgeop/path
