/** The talks in plain text by which protocols agree to begin TLS (STARTTLS), client side. */
@NullMarked
package dev.ferrule.cli.starttls;

import org.jspecify.annotations.NullMarked;
