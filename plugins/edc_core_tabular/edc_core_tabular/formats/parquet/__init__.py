"""Apache Parquet, written by Apache Arrow."""
