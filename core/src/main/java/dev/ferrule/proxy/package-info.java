/** What proxies say of the connections that they pass on: HAProxy's PROXY protocol. */
package dev.ferrule.proxy;
