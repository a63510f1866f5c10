"""Lives of jobs as they were seen on the wire: written, played back, learned from."""
