/**
 * Makes certificates of a development CA, and explains any certificate, key, request, list or
 * store. It knows nothing of the command line. What is made needs BouncyCastle, which is loaded
 * only then.
 */
@org.jspecify.annotations.NullMarked
package dev.ferrule.cli.cert;
