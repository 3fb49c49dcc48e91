"""For the authors of plugins: begin a package, and look one over before it is installed."""
