"""Prometheus on loopback: it scrapes the platform, and evaluates a part of PromQL as Prometheus 2 does."""
