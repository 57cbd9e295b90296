/** The inside of a server: who accepts, and for which loop. */
package dev.ferrule.server;
