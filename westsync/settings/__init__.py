"""YAML files, environment and credentials into typed settings, or into a list of mistakes."""
