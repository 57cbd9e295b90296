/** What pollers and wires implement, and the buffers that the loop lends them. */
package dev.ferrule.spi;
