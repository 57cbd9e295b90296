/** The plain-text dialogues by which a client asks for TLS (STARTTLS). */
@NullMarked
package dev.ferrule.cli.starttls;

import org.jspecify.annotations.NullMarked;
