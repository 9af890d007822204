"""What is done to an installation and to what an organisation keeps."""
