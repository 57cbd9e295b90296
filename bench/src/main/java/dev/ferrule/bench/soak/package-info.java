/** A soak: connections that end in every way, and memory that must stay flat. */
@NullMarked
package dev.ferrule.bench.soak;

import org.jspecify.annotations.NullMarked;
