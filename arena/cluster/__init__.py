"""Whether Arena is set up right on a Kubernetes cluster: what kubectl sees there, and what is wrong with it."""
