/** The inside of a socket: its link and wire, what comes in and goes out, how it ends. */
package dev.ferrule.connection;
