"""Reports wire the rules together: data in, one frozen Report out. Nothing here draws or writes files."""
