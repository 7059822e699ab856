"""Word, Excel, PowerPoint and OpenDocument: zip archives of XML."""
