"""Side-by-side measuring of Ringway and its peers. Python's standard library only."""
