/** What an SSL provider implements. */
@NullMarked
package dev.ferrule.ssl.spi;

import org.jspecify.annotations.NullMarked;
