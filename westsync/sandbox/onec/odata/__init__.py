"""The face that speaks OData v3, as contract section 4 describes it."""
