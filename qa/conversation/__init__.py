"""What people write that is not a question about the articles, and the articles as people ask about them."""
