"""Debian's python3-signedjson: canonical bytes and signatures of each document, and whether it takes those of the program."""
import base64, json, sys

from canonicaljson import encode_canonical_json
from signedjson.key import decode_signing_key_base64, get_verify_key
from signedjson.sign import SignatureVerifyException, sign_json, verify_signed_json

given = json.load(sys.stdin)
key = decode_signing_key_base64('ed25519', '1', given['seed'])


def verdict(signed):
    try:
        verify_signed_json(signed, 'domain', get_verify_key(key))
        return True
    except SignatureVerifyException:
        return False


def answer(document):
    parsed = json.loads(document['text'])
    return {
        'canonical': base64.b64encode(encode_canonical_json(parsed)).decode(),
        'signature': sign_json(parsed, 'domain', key)['signatures']['domain']['ed25519:1'],
        'verified': verdict(json.loads(document['signed'])),
    }


json.dump([answer(document) for document in given['documents']], sys.stdout)
