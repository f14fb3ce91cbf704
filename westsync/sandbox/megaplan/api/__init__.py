"""The endpoints of API v3, one module per family; `table.ROUTES` gathers them."""
