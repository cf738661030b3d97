"""The read model: everything in it comes from the streams and can be made again from their journals."""
