/** How the library grows with loops. */
@NullMarked
package dev.ferrule.bench.scale;

import org.jspecify.annotations.NullMarked;
