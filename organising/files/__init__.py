"""Files and photographs: checked by what is in them, made anew, kept sealed, and given out from a path without cookies."""
