"""What a stack costs a month: prices from a committed sheet, quantities from the graph, usage from the stack file."""
