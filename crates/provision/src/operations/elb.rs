//! Classic load balancers, which Services leave behind: only looked for, by the VPC.

shapes! { "PascalCase";
/// A classic load balancer.
LoadBalancerDescription {
    load_balancer_name: String,
    #[serde(rename = "VPCId")]
    vpc_id: Option<String>,
    security_groups: Vec<String>,
}
}

operations! { Elb, "elb", "PascalCase";
/// The region's classic load balancers.
Read DescribeLoadBalancers(ELB, Same, "elasticloadbalancing:DescribeLoadBalancers") -> Vec<LoadBalancerDescription> {
    load_balancer_names: Vec<String>,
}
}
