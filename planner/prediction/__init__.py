"""What a model would do on a device that never ran it: depth slices, or a spec sheet alone."""
