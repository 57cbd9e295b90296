/** JMH benchmarks. */
@NullMarked
package dev.ferrule.bench;

import org.jspecify.annotations.NullMarked;
