"""Flow: the steps of the line, each ordering decisions and effects; read these first."""
