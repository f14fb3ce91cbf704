"""The face that speaks SOAP, as contract section 3 describes it."""
