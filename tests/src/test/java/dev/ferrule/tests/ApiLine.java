package dev.ferrule.tests;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassSignature;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodSignature;
import java.lang.classfile.Signature;
import java.lang.classfile.Signature.ClassTypeSig;
import java.lang.classfile.Signature.ThrowableSig;
import java.lang.classfile.attribute.SignatureAttribute;
import java.lang.constant.ConstantDescs;
import java.lang.reflect.AccessFlag;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * One line: the head of a type, whose member is empty, or one of its members; and the classes that
 * the line names.
 */
record ApiLine(String type, String member, String text, Set<String> named) {

  static ApiLine head(ClassModel type, Set<AccessFlag> flags) {
    SignatureText text = new SignatureText(type);
    ClassSignature signature =
        type.findAttribute(Attributes.signature())
            .map(SignatureAttribute::asClassSignature)
            .orElseGet(() -> plain(type));
    String interfaces = text.types(signature.superinterfaceSignatures(), "CLASS_EXTENDS");
    String superclass = text.type(signature.superclassSignature(), "CLASS_EXTENDS65535:");
    String kind = kind(type, flags);
    boolean isInterface = flags.contains(AccessFlag.INTERFACE);
    boolean isClass = kind.equals("class") && !superclass.equals("Object");
    String line =
        modifiers(type, flags, kind)
            + Api.binaryName(type.thisClass()).replace('$', '.')
            + text.parameters(signature.typeParameters(), "CLASS_TYPE_PARAMETER_BOUND")
            + (isClass ? " extends " + superclass : "")
            + (interfaces.isEmpty()
                ? ""
                : (isInterface ? " extends " : " implements ") + interfaces)
            + permitted(type);
    return new ApiLine(Api.binaryName(type.thisClass()), "", line, text.named());
  }

  static ApiLine field(ClassModel type, FieldModel field) {
    SignatureText text = new SignatureText(field);
    Signature signature =
        field
            .findAttribute(Attributes.signature())
            .map(SignatureAttribute::asTypeSignature)
            .orElseGet(() -> Signature.of(field.fieldTypeSymbol()));
    String name = field.fieldName().stringValue();
    // javac copies a constant's value into programs, so it is part of the API.
    String value =
        field
            .findAttribute(Attributes.constantValue())
            .map(constant -> " = " + constant.constant().constantValue())
            .orElse("");
    String line =
        modifiers(field.flags().flags()) + text.type(signature, "FIELD") + ' ' + name + value;
    return new ApiLine(Api.binaryName(type.thisClass()), name, line, text.named());
  }

  static ApiLine method(ClassModel type, MethodModel method) {
    SignatureText text = new SignatureText(method);
    MethodSignature signature =
        method
            .findAttribute(Attributes.signature())
            .map(SignatureAttribute::asMethodSignature)
            .orElseGet(() -> MethodSignature.of(method.methodTypeSymbol()));
    Set<AccessFlag> flags = method.flags().flags();
    boolean isDefault =
        type.flags().has(AccessFlag.INTERFACE)
            && !flags.contains(AccessFlag.ABSTRACT)
            && !flags.contains(AccessFlag.STATIC);
    String bounds = text.parameters(signature.typeParameters(), "METHOD_TYPE_PARAMETER_BOUND");
    String parameters = text.types(signature.arguments(), "METHOD_FORMAL_PARAMETER");
    if (flags.contains(AccessFlag.VARARGS)) {
      parameters = parameters.substring(0, parameters.length() - "[]".length()) + "...";
    }
    String thrown = text.types(thrown(method, signature), "THROWS");
    boolean isConstructor = method.methodName().equalsString(ConstantDescs.INIT_NAME);
    String name =
        isConstructor
            ? type.thisClass().asSymbol().displayName().replace('$', '.')
            : method.methodName().stringValue();
    String line =
        modifiers(flags)
            + (isDefault ? "default " : "")
            + (bounds.isEmpty() ? "" : bounds + " ")
            + (isConstructor ? "" : text.type(signature.result(), "METHOD_RETURN") + " ")
            + name
            + ("(" + parameters + ")")
            + (thrown.isEmpty() ? "" : " throws " + thrown);
    return new ApiLine(Api.binaryName(type.thisClass()), name, line, text.named());
  }

  private static String kind(ClassModel type, Set<AccessFlag> flags) {
    if (flags.contains(AccessFlag.ANNOTATION)) {
      return "@interface";
    }
    if (flags.contains(AccessFlag.INTERFACE)) {
      return "interface";
    }
    if (flags.contains(AccessFlag.ENUM)) {
      return "enum";
    }
    return type.findAttribute(Attributes.record()).isPresent() ? "record" : "class";
  }

  /** What is implied by another kind than a class is left out. */
  private static String modifiers(ClassModel type, Set<AccessFlag> flags, String kind) {
    boolean isSealed = type.findAttribute(Attributes.permittedSubclasses()).isPresent();
    return (kind.equals("class") ? modifiers(flags) : access(flags))
        + (isSealed ? "sealed " : "")
        + kind
        + " ";
  }

  private static String modifiers(Set<AccessFlag> flags) {
    StringJoiner words = new StringJoiner(" ", access(flags), " ").setEmptyValue(access(flags));
    if (flags.contains(AccessFlag.STATIC)) {
      words.add("static");
    }
    if (flags.contains(AccessFlag.ABSTRACT)) {
      words.add("abstract");
    }
    if (flags.contains(AccessFlag.FINAL)) {
      words.add("final");
    }
    return words.toString();
  }

  private static String access(Set<AccessFlag> flags) {
    return flags.contains(AccessFlag.PUBLIC) ? "public " : "protected ";
  }

  private static String permitted(ClassModel type) {
    return type.findAttribute(Attributes.permittedSubclasses())
        .map(attribute ->
            attribute.permittedSubclasses().stream()
                .map(permitted -> Api.binaryName(permitted).replace('$', '.'))
                .sorted()
                .collect(Collectors.joining(", ", " permits ", "")))
        .orElse("");
  }

  private static ClassSignature plain(ClassModel type) {
    return ClassSignature.of(
        type.superclass()
            .map(entry -> ClassTypeSig.of(entry.asSymbol()))
            .orElse(ClassTypeSig.of(ConstantDescs.CD_Object)),
        type.interfaces().stream()
            .map(entry -> ClassTypeSig.of(entry.asSymbol()))
            .toArray(ClassTypeSig[]::new));
  }

  private static List<ThrowableSig> thrown(MethodModel method, MethodSignature signature) {
    if (!signature.throwableSignatures().isEmpty()) {
      return signature.throwableSignatures();
    }
    return method
        .findAttribute(Attributes.exceptions())
        .map(attribute ->
            attribute.exceptions().stream()
                .<ThrowableSig>map(entry -> ClassTypeSig.of(entry.asSymbol()))
                .toList())
        .orElse(List.of());
  }
}
