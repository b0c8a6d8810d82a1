"""Google Cloud as the practice ground has it, over gRPC and from the vendor's own types."""
