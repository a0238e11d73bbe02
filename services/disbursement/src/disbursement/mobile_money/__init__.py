"""The second rail: providers of mobile money, by the GSMA Mobile Money API 1.2.

What is paid to wallets goes through the same bank file as what is paid to accounts at a bank: one
payment in one file, written once, sealed with its hash, never written anew. Its content is the
requests to the provider, and its answers are laid where a bank's are, to be read and weighed alike.

    sealed -> each request put under its own correlation id -> what the provider answered
    nobody answers -> asked what became of that correlation id, before it is put again

The correlation id follows from the payment's one reference. A callback is a knock at the door and
never believed: what became of a request, the provider is asked.
"""
