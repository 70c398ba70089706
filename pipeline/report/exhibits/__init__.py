"""Which figures the report shows, part by part of the page, with the words that go with each."""
