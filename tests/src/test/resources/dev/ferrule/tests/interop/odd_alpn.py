"""A server by OpenSSL's library that chooses one application protocol (ALPN), offered or not, which
no program can be told to do: odd_alpn.py CHAIN KEY NAME. It takes one connection, and says what it
heard: data, or what OpenSSL calls the alert.
"""

import ctypes
import ctypes.util
import socket
import sys

chain, key, name = (argument.encode() for argument in sys.argv[1:])
library = ctypes.util.find_library("ssl")
if library is None or sys.platform == "darwin":  # which ends programs that load its own
    print("NONE", flush=True)
    sys.exit()
openssl = ctypes.CDLL(library)
for function in "TLS_server_method", "SSL_CTX_new", "SSL_new":
    getattr(openssl, function).restype = ctypes.c_void_p
openssl.ERR_get_error.restype = ctypes.c_ulong
openssl.ERR_reason_error_string.argtypes = [ctypes.c_ulong]
openssl.ERR_reason_error_string.restype = ctypes.c_char_p


@ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_void_p,
    ctypes.POINTER(ctypes.c_char_p),
    ctypes.POINTER(ctypes.c_ubyte),
    ctypes.c_void_p,
    ctypes.c_uint,
    ctypes.c_void_p,
)
def choose(_ssl, chosen, length, _offered, _offered_length, _argument):
    chosen[0] = name
    length[0] = len(name)
    return 0  # SSL_TLSEXT_ERR_OK


context = ctypes.c_void_p(openssl.SSL_CTX_new(ctypes.c_void_p(openssl.TLS_server_method())))
assert openssl.SSL_CTX_use_certificate_chain_file(context, chain) == 1
assert openssl.SSL_CTX_use_PrivateKey_file(context, key, 1) == 1  # PEM
openssl.SSL_CTX_set_num_tickets(context, ctypes.c_size_t(0))  # to a client that has gone
openssl.SSL_CTX_set_alpn_select_cb(context, choose, None)

with socket.create_server(("127.0.0.1", 0)) as listening:
    print("PORT", listening.getsockname()[1], flush=True)
    connection = listening.accept()[0]
with connection:
    ssl = ctypes.c_void_p(openssl.SSL_new(context))
    openssl.SSL_set_fd(ssl, connection.fileno())
    if openssl.SSL_accept(ssl) == 1 and openssl.SSL_read(ssl, ctypes.create_string_buffer(1), 1) == 1:
        print("DATA", flush=True)
    else:
        reason = openssl.ERR_reason_error_string(openssl.ERR_get_error())
        print("FAILED", (reason or b"").decode(), flush=True)
