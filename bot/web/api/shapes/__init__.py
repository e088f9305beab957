"""What goes over the wire: structs that decode requests, encode answers, and are the schemas of the document."""
