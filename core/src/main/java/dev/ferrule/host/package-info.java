/**
 * Host names and addresses as a program writes them: parsed once, and used in one form to resolve,
 * to send and to verify. Not exported but to the SSL module and its providers.
 */
package dev.ferrule.host;
