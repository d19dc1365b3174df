/// Numbers of the standard attributes that the protocol itself treats specially.
public enum AttributeType {
    public static let userName: UInt8 = 1
    public static let userPassword: UInt8 = 2
    public static let chapPassword: UInt8 = 3
    public static let vendorSpecific: UInt8 = 26
    public static let proxyState: UInt8 = 33
    public static let arapPassword: UInt8 = 70
    public static let eapMessage: UInt8 = 79
    public static let messageAuthenticator: UInt8 = 80
    public static let chargeableUserIdentity: UInt8 = 89
    public static let nasFilterRule: UInt8 = 92
    public static let errorCause: UInt8 = 101
}
