package dev.ferrule.tests;

import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.Signature;
import java.lang.classfile.Signature.ArrayTypeSig;
import java.lang.classfile.Signature.BaseTypeSig;
import java.lang.classfile.Signature.ClassTypeSig;
import java.lang.classfile.Signature.TypeArg;
import java.lang.classfile.Signature.TypeParam;
import java.lang.classfile.Signature.TypeVarSig;
import java.lang.classfile.TypeAnnotation;
import java.lang.classfile.TypeAnnotation.FormalParameterTarget;
import java.lang.classfile.TypeAnnotation.SupertypeTarget;
import java.lang.classfile.TypeAnnotation.TypeParameterBoundTarget;
import java.lang.classfile.TypeAnnotation.TypePathComponent;
import java.lang.constant.ClassDesc;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes the types of one class, method or field as text, with {@code @Nullable} where it stands,
 * and notes the classes that it named.
 */
final class SignatureText {
  private final Set<String> nullable = new HashSet<>();
  private final Set<String> named = new TreeSet<>();

  SignatureText(AttributedElement element) {
    element.findAttribute(Attributes.runtimeVisibleTypeAnnotations()).stream()
        .flatMap(attribute -> attribute.annotations().stream())
        .filter(found -> found.annotation().className().stringValue().endsWith("/Nullable;"))
        .forEach(found -> nullable.add(target(found) + path(found.targetPath())));
  }

  /** The classes that were named so far, by their binary names. */
  Set<String> named() {
    return named;
  }

  /** One type; {@code place} says which of the element's types it is, as {@link #target} does. */
  String type(Signature type, String place) {
    String mark = nullable.contains(place) ? "@Nullable " : "";
    return switch (type) {
      case BaseTypeSig base ->
          ClassDesc.ofDescriptor(String.valueOf(base.baseType())).displayName();
      case TypeVarSig variable -> mark + variable.identifier();
      case ArrayTypeSig array ->
          type(array.componentSignature(), place + '[') + (mark.isEmpty() ? "" : " " + mark) + "[]";
      case ClassTypeSig named -> mark + name(named) + arguments(named, place);
    };
  }

  String types(List<? extends Signature> types, String place) {
    List<String> texts = new ArrayList<>();
    for (Signature type : types) {
      texts.add(type(type, place + texts.size() + ":"));
    }
    return String.join(", ", texts);
  }

  /** Type parameters with their bounds, in angle brackets; empty where there are none. */
  String parameters(List<TypeParam> parameters, String place) {
    List<String> texts = new ArrayList<>();
    for (TypeParam parameter : parameters) {
      String at = place + texts.size() + ".";
      List<String> bounds = new ArrayList<>();
      parameter.classBound().ifPresent(bound -> bounds.add(type(bound, at + "0:")));
      for (Signature bound : parameter.interfaceBounds()) {
        bounds.add(
            type(bound, at + (bounds.size() + (parameter.classBound().isEmpty() ? 1 : 0)) + ":"));
      }
      bounds.remove("Object");
      texts.add(
          parameter.identifier()
              + (bounds.isEmpty() ? "" : " extends " + String.join(" & ", bounds)));
    }
    return texts.isEmpty() ? "" : "<" + String.join(", ", texts) + ">";
  }

  private String name(ClassTypeSig type) {
    String name =
        type.outerType().map(outer -> name(outer) + "$").orElse("")
            + type.className().replace('/', '.');
    named.add(name);
    return (name.matches("java\\.lang\\.\\w+") ? name.substring(10) : name).replace('$', '.');
  }

  private String arguments(ClassTypeSig type, String place) {
    List<String> texts = new ArrayList<>();
    for (TypeArg argument : type.typeArgs()) {
      String at = place + texts.size() + ';';
      texts.add(
          switch (argument) {
            case TypeArg.Unbounded _ -> "?";
            case TypeArg.Bounded bounded ->
                switch (bounded.wildcardIndicator()) {
                  case NONE -> type(bounded.boundType(), at);
                  case EXTENDS -> "? extends " + type(bounded.boundType(), at + '*');
                  case SUPER -> "? super " + type(bounded.boundType(), at + '*');
                };
          });
    }
    return texts.isEmpty() ? "" : "<" + String.join(", ", texts) + ">";
  }

  private static String target(TypeAnnotation annotation) {
    String kind = annotation.targetInfo().targetType().name();
    return switch (annotation.targetInfo()) {
      case FormalParameterTarget parameter -> kind + parameter.formalParameterIndex() + ":";
      case SupertypeTarget supertype -> kind + supertype.supertypeIndex() + ":";
      case TypeParameterBoundTarget bound ->
          kind + bound.typeParameterIndex() + "." + bound.boundIndex() + ":";
      default -> kind;
    };
  }

  private static String path(List<TypePathComponent> path) {
    StringBuilder text = new StringBuilder();
    for (TypePathComponent step : path) {
      switch (step.typePathKind()) {
        case ARRAY -> text.append('[');
        case WILDCARD -> text.append('*');
        case TYPE_ARGUMENT -> text.append(step.typeArgumentIndex()).append(';');
        case INNER_TYPE -> {} // a nested class that is not static: the API has none in signatures
      }
    }
    return text.toString();
  }
}
